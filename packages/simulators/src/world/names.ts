/** Names of one language. An entry is the name and, after a slash where it is not Latin, its ASCII form for addresses. */
export interface NameList {
  readonly script: string;
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
}

const list = (script: string, female: string, male: string, family: string): NameList => ({
  script,
  female: female.split(' '),
  male: male.split(' '),
  family: family.split(' '),
});

/** Common names, picked by hand; nobody in particular. */
export const nameLists: Readonly<Record<string, NameList>> = {
  en: list('Latin', 'Alice Emma Grace Hannah Lucy Nora', 'Arthur Colin Henry Oliver Simon Thomas', "Baker Carter Hughes O'Brien Palmer Smith-Jones Turner Wood"),
  de: list('Latin', 'Anke Birgit Grete Jörgine Käthe Sabine', 'Björn Götz Jürgen Klaus Matthias Uwe', 'Bäcker Großmann Hübner Köhler Müller Schäfer Vogt Weiß'),
  fr: list('Latin', 'Aurélie Chloé Élise Hélène Margaux Zoé', 'Benoît François Jérôme Loïc Mathieu Rémi', "Bélanger Côté D'Amours Fabre Lefèvre Noël Prévost Roux"),
  es: list('Latin', 'Begoña Carmen Inés Lucía Nuria Sofía', 'Álvaro Íñigo Jesús Martín Raúl Tomás', 'García Ibáñez Muñoz Núñez Peña Quiñones Sáez Vidal'),
  pl: list('Latin', 'Agnieszka Bożena Grażyna Jadwiga Małgorzata Zofia', 'Bogusław Jerzy Łukasz Michał Paweł Zbigniew', 'Dąbrowski Jabłoński Kowalczyk Łuczak Mączyński Ślusarczyk Wójcik Żak'),
  tr: list('Latin', 'Ayşe Çiğdem Işıl Özlem Şebnem Ülkü', 'Barış Çağrı Gökhan İlker Oğuz Yiğit', 'Aydın Çelik Doğan Güneş Işık Öztürk Şahin Yıldız'),
  vi: list('Latin', 'Ánh Hằng Ngọc Phượng Thảo Yến', 'Cường Dũng Hiếu Phúc Thịnh Việt', 'Đặng Đỗ Hoàng Huỳnh Nguyễn Phạm Trần Vũ'),
  el: list('Greek', 'Ελένη/eleni Ζωή/zoi Ιωάννα/ioanna Μαρία/maria Σοφία/sofia Χλόη/chloi', 'Γιώργος/giorgos Δημήτρης/dimitris Θανάσης/thanasis Νίκος/nikos Σπύρος/spyros Χάρης/charis', 'Αλεξίου/alexiou Δήμου/dimou Ιωάννου/ioannou Κωνσταντίνου/konstantinou Παππάς/pappas Σταύρου/stavrou'),
  ru: list('Cyrillic', 'Алёна/alyona Екатерина/ekaterina Людмила/lyudmila Наталья/natalya Ольга/olga Юлия/yulia', 'Алексей/aleksey Дмитрий/dmitry Игорь/igor Сергей/sergey Фёдор/fyodor Юрий/yuri', 'Алмазов/almazov Ершов/ershov Журавлёв/zhuravlyov Королёв/korolyov Соловьёв/solovyov Щукин/shchukin'),
  uk: list('Cyrillic', 'Ганна/hanna Ірина/iryna Їлька/yilka Оксана/oksana Соломія/solomiia Юлія/yuliia', 'Андрій/andrii Богдан/bohdan Ігор/ihor Олексій/oleksii Тарас/taras Юрій/yurii', 'Бондаренко/bondarenko Гайдук/haiduk Коваль/koval Лисенко/lysenko Шевчук/shevchuk Ярошенко/yaroshenko'),
  ar: list('Arabic', 'أمل/amal ريم/reem سلمى/salma فاطمة/fatima ليلى/layla هدى/huda', 'أحمد/ahmad حسن/hasan خالد/khalid سامي/sami كريم/karim يوسف/yusuf', 'الحداد/alhaddad الخطيب/alkhatib النجار/alnajjar حمدان/hamdan منصور/mansour شريف/sharif'),
  he: list('Hebrew', 'אביגיל/avigail דנה/dana יעל/yael נועה/noa רבקה/rivka תמר/tamar', 'אורי/uri גיל/gil דוד/david יואב/yoav משה/moshe שחר/shahar', 'ברק/barak גולן/golan כהן/cohen לוי/levi מזרחי/mizrahi שלו/shalev'),
  hi: list('Devanagari', 'अनीता/anita दीपिका/deepika कविता/kavita प्रिया/priya राधा/radha सुनीता/sunita', 'अमित/amit दीपक/deepak कृष्ण/krishna प्रकाश/prakash राजेश/rajesh विक्रम/vikram', 'गुप्ता/gupta जोशी/joshi कुमार/kumar मिश्रा/mishra शर्मा/sharma सिंह/singh'),
  th: list('Thai', 'กานดา/kanda ชลธิชา/chonthicha ดาริกา/darika นภา/napha มาลี/malee วันดี/wandee', 'กิตติ/kitti ชัยวัฒน์/chaiwat ณัฐพล/nattapon ธนา/thana ประเสริฐ/prasert สมชาย/somchai', 'ใจดี/jaidee ทองคำ/thongkham แก้วมณี/kaewmanee ศรีสุข/srisuk บุญมี/bunmee วงศ์ไทย/wongthai'),
  ja: list('Japanese', '陽子/yoko 美咲/misaki さくら/sakura 恵/megumi 由美/yumi あおい/aoi', '太郎/taro 健一/kenichi 誠/makoto 翔太/shota 直樹/naoki ひろし/hiroshi', '佐藤/sato 鈴木/suzuki 高橋/takahashi 渡邉/watanabe 山﨑/yamazaki 小林/kobayashi'),
  zh: list('Han', '静/jing 丽华/lihua 敏/min 晓燕/xiaoyan 雪/xue 芳/fang', '伟/wei 建国/jianguo 磊/lei 强/qiang 志明/zhiming 军/jun', '陈/chen 黄/huang 李/li 刘/liu 王/wang 张/zhang'),
  ko: list('Hangul', '민지/minji 서연/seoyeon 수진/sujin 은영/eunyoung 지우/jiwoo 하늘/haneul', '동현/donghyun 민준/minjun 성호/seongho 영수/youngsu 준호/junho 태영/taeyoung', '강/kang 김/kim 박/park 이/lee 정/jung 최/choi'),
};

/** A name as people write it, and its ASCII form in small letters. */
export interface Name {
  readonly text: string;
  readonly ascii: string;
}

// What taking accents off does not make ASCII.
const plainLetters: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', ı: 'i', đ: 'd', ø: 'o', æ: 'ae' };

/** Reads an entry of a list. */
export function toName(entry: string): Name {
  const [text = '', given] = entry.split('/');
  const stripped = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return { text, ascii: given ?? stripped.replace(/[^a-z]/g, (letter) => plainLetters[letter] ?? '') };
}
